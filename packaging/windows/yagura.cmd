@echo off
rem Yagura in the terminal: the installed program in its terminal mode. No Node is needed.
"%~dp0..\Yagura.exe" --terminal -- %*
exit /b %ERRORLEVEL%
