/** What of a `ws` socket it needs. */
export interface HeartbeatSocket {
  readonly OPEN: number;
  readonly readyState: number;
  ping(): void;
  on(event: 'pong', listener: () => void): unknown;
  off(event: 'pong', listener: () => void): unknown;
}

export interface HeartbeatLimits {
  intervalMs: number;
  /** Unanswered beats after which the engine counts as silent. */
  silentAfter: number;
  /** Unanswered beats after which it counts as lost. */
  lostAfter: number;
}

const LIMITS: HeartbeatLimits = { intervalMs: 1000, silentAfter: 3, lostAfter: 10 };

export interface HeartbeatEvents {
  onSilent(): void;
  onBack(): void;
  onLost(): void;
}

/**
 * Asks an engine once a second whether it is alive: a stopped process (SIGSTOP) or a blocked one keeps its socket open
 * and looks alive otherwise. Counts beats rather than time, so that a machine waking from sleep doesn't end its engine.
 * @returns stops it
 */
export function watchHeartbeat(
  socket: HeartbeatSocket,
  events: HeartbeatEvents,
  limits: HeartbeatLimits = LIMITS,
): () => void {
  let unanswered = 0;
  const onPong = (): void => {
    if (unanswered > limits.silentAfter) events.onBack();
    unanswered = 0;
  };
  const timer = setInterval(() => {
    if (unanswered === limits.silentAfter) events.onSilent();
    if (unanswered >= limits.lostAfter) events.onLost();
    unanswered += 1;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, limits.intervalMs);
  socket.on('pong', onPong);
  return () => {
    clearInterval(timer);
    socket.off('pong', onPong);
  };
}
