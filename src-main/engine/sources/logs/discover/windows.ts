/** Text logs of Windows; its event log is not a file of lines. Forward slashes, so that globs work. */
export function windowsLogs(systemRoot: string, programData: string): readonly string[] {
  const root = systemRoot.replaceAll('\\', '/');
  const data = programData.replaceAll('\\', '/');
  const drive = root.slice(0, 2);
  return [
    `${root}/WindowsUpdate.log`,
    `${root}/System32/LogFiles/Firewall/pfirewall.log`,
    `${root}/Logs/CBS/CBS.log`,
    `${root}/Logs/DISM/dism.log`,
    `${drive}/inetpub/logs/LogFiles/*/*.log`,
    `${data}/ssh/logs/*.log`,
    `${drive}/nginx/logs/*.log`,
  ];
}
