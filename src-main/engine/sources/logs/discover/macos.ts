/** Text logs of macOS; most of its messages are in the unified log, which is not a file. */
export const macosLogs: readonly string[] = [
  '/var/log/system.log',
  '/var/log/install.log',
  '/var/log/wifi.log',
  '/var/log/fsck_apfs.log',
  '/var/log/apache2/*_log',
  '/Library/Logs/*.log',
  '/usr/local/var/log/*.log',
  '/opt/homebrew/var/log/*.log',
  '/opt/homebrew/var/log/nginx/*.log',
  '/usr/local/var/log/nginx/*.log',
];
