/** Names of the series Overview draws, in one place. */
export const METRIC = {
  cpu: 'host_cpu_percent',
  load: 'host_load1',
  ioWait: 'host_cpu_iowait_percent',
  memory: 'host_memory_used_percent',
  memoryAvailable: 'host_memory_available_bytes',
  memoryTotal: 'host_memory_total_bytes',
  disk: 'host_disk_used_percent',
  diskLatency: 'host_disk_latency_seconds',
  hoursUntilFull: 'host_disk_hours_until_full',
  received: 'host_network_receive_bytes_per_second',
  sent: 'host_network_transmit_bytes_per_second',
  ownCpu: 'yagura_cpu_percent',
  ownMemory: 'yagura_memory_rss_bytes',
} as const;

/** How often the host is read unless the settings say otherwise. */
export const DEFAULT_PERIOD_MS = 5000;
