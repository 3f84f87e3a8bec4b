/** Names of the series Overview draws, in one place. */
export const METRIC = {
  cpu: 'host_cpu_percent',
  load: 'host_load1',
  cores: 'host_cpu_cores',
  memory: 'host_memory_used_percent',
  memoryAvailable: 'host_memory_available_bytes',
  memoryTotal: 'host_memory_total_bytes',
  disk: 'host_disk_used_percent',
  received: 'host_network_received_bytes_per_second',
  sent: 'host_network_sent_bytes_per_second',
  ownCpu: 'yagura_cpu_percent',
  ownMemory: 'yagura_memory_bytes',
} as const;

/** How often the host is read unless the settings say otherwise. */
export const DEFAULT_PERIOD_MS = 5000;
