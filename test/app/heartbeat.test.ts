import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchHeartbeat, type HeartbeatSocket } from '../../src-main/app/heartbeat.ts';

/** Answers, or does not. */
class Peer extends EventEmitter implements HeartbeatSocket {
  readonly OPEN = 1;
  readyState = 1;
  answers = true;
  pings = 0;

  ping(): void {
    this.pings += 1;
    if (this.answers) this.emit('pong');
  }
}

let peer: Peer;
let said: string[];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  peer = new Peer();
  said = [];
  stop = watchHeartbeat(peer, {
    onSilent: () => said.push('silent'),
    onBack: () => said.push('back'),
    onLost: () => said.push('lost'),
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

test('an engine that answers is asked once a second, and nothing is said', () => {
  vi.advanceTimersByTime(60_000);
  expect(peer.pings).toBe(60);
  expect(said).toEqual([]);
});

test('two missed beats are nothing, three are silence, ten are the end', () => {
  peer.answers = false;
  vi.advanceTimersByTime(3000);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual(['silent']);
  vi.advanceTimersByTime(6000);
  expect(said).toEqual(['silent']);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual(['silent', 'lost']);
});

test('one that answers again is back, once', () => {
  peer.answers = false;
  vi.advanceTimersByTime(6000);
  peer.answers = true;
  vi.advanceTimersByTime(10_000);
  expect(said).toEqual(['silent', 'back']);
});

test('one that answers again before it was called silent is not said to be back', () => {
  peer.answers = false;
  vi.advanceTimersByTime(2900);
  peer.answers = true;
  vi.advanceTimersByTime(10_000);
  expect(said).toEqual([]);
});

test('a closed socket is not written to, and a stopped watch is over', () => {
  peer.readyState = 3;
  vi.advanceTimersByTime(2000);
  expect(peer.pings).toBe(0);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([]);
  expect(peer.listenerCount('pong')).toBe(0);
});
