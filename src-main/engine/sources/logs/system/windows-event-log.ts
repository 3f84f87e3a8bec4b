import { renderLine, textOf, wholeOf, type SystemLog } from './system-log.ts';

export const EVENT_LOG = 'eventlog';

/** Channels read; `Security` only where the account may (administrators, group "Event Log Readers"). */
const CHANNELS = ['System', 'Application', 'Security'];
/** Levels of Windows → RFC 5424: 1 critical, 2 error, 3 warning, 4 information, 5 verbose; 0 is "always", as audits are. */
const LEVELS = [6, 2, 3, 4, 6, 7];

/**
 * Runs until it is ended. Nothing of ours is part of its text: what was read before comes in an environment variable and
 * is taken apart by a pattern of names and digits. `Get-WinEvent` throws when there is nothing new.
 */
const SCRIPT = `
$ProgressPreference = 'SilentlyContinue'
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
$after = @{}
foreach ($part in ($env:YAGURA_AFTER -split ';')) { if ($part -match '^(\\w+)=(\\d+)$') { $after[$matches[1]] = [long]$matches[2] } }
while ($true) {
  foreach ($log in '${CHANNELS.join("','")}') {
    $query = '*[System[TimeCreated[timediff(@SystemTime) <= 86400000]]]'
    if ($after.ContainsKey($log)) { $query = "*[System[EventRecordID > $($after[$log])]]" }
    try {
      Get-WinEvent -LogName $log -FilterXPath $query -Oldest -MaxEvents 1000 -ErrorAction Stop | ForEach-Object {
        ConvertTo-Json -Compress -InputObject ([ordered]@{ log = $log; record = $_.RecordId; time = $_.TimeCreated.ToUniversalTime().ToString('o'); level = [int]$_.Level; event = $_.Id; provider = $_.ProviderName; host = $_.MachineName; process = $_.ProcessId; message = $_.Message })
        $after[$log] = $_.RecordId
      }
    } catch { }
  }
  Start-Sleep -Seconds 2
}`;

/** The Windows Event Log through PowerShell's `Get-WinEvent`. The cursor is the last record's number in each channel. */
export const windowsEventLog: SystemLog = {
  id: EVENT_LOG,
  program: 'powershell.exe',
  command: (cursor) => ({
    arguments: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', SCRIPT],
    environment: { YAGURA_AFTER: cursor ?? '' },
  }),
  reader(cursor) {
    const records = new Map<string, number>();
    for (const part of (cursor ?? '').split(';')) {
      const match = /^(\w+)=(\d+)$/.exec(part);
      if (match !== null) records.set(match[1] ?? '', Number(match[2]));
    }
    return (entry) => {
      const log = textOf(entry['log']);
      const record = wholeOf(entry['record']);
      const time = textOf(entry['time']);
      if (log === undefined || !CHANNELS.includes(log) || record === undefined || time === undefined)
        return undefined;
      records.set(log, record);
      const message = textOf(entry['message']) ?? '';
      const line = renderLine({
        level: LEVELS[wholeOf(entry['level']) ?? 0] ?? 6,
        // Ticks of 100 ns; microseconds are as fine as others write them.
        time: time.replace(/(\.\d{6})\d+/, '$1'),
        host: textOf(entry['host']) ?? '',
        program: textOf(entry['provider']) ?? log,
        processId: wholeOf(entry['process']),
        message: `${log} event ${wholeOf(entry['event']) ?? 0}: ${message}`,
      });
      return { line, cursor: [...records].map(([name, number]) => `${name}=${number}`).join(';') };
    };
  },
};
