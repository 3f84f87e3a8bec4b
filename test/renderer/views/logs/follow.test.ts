import { describe, expect, it } from 'vitest';
import { Follow } from '../../../../src-renderer/views/logs/follow.ts';
import { line, lines } from './lines.ts';

describe('following', () => {
  it('hands new lines on at once', () => {
    const follow = new Follow();
    expect(follow.receive(lines(1, 2), 3)).toEqual({ lines: lines(1, 2), missing: 3 });
    expect(follow.waiting).toBe(0);
  });

  it('holds and counts while paused, and gives all when it goes on', () => {
    const follow = new Follow();
    follow.pause('scrolled');
    expect(follow.receive(lines(1, 2), 0)).toBeUndefined();
    expect(follow.receive([line(3)], 0)).toBeUndefined();
    expect(follow.waiting).toBe(3);
    expect(follow.resume()).toEqual({ lines: lines(1, 3), missing: 0 });
    expect(follow.paused).toBe(false);
    expect(follow.waiting).toBe(0);
  });

  it('lets go of the oldest held beyond its limit, and counts them', () => {
    const follow = new Follow(10);
    follow.pause('selected');
    for (let from = 1; from <= 91; from += 10) follow.receive(lines(from, from + 9), 0);
    expect(follow.waiting).toBe(100);
    expect(follow.resume()).toEqual({ lines: lines(91, 100), missing: 90 });
  });

  it('keeps the order when the flow itself left lines out', () => {
    const follow = new Follow();
    follow.pause('scrolled');
    follow.receive(lines(1, 2), 0);
    follow.receive([line(9)], 6);
    expect(follow.resume()).toEqual({ lines: [line(9)], missing: 8 });
  });

  it('names the selection as the reason, even when it was scrolled before', () => {
    const follow = new Follow();
    follow.pause('scrolled');
    follow.pause('selected');
    follow.pause('scrolled');
    expect(follow.reason).toBe('selected');
  });
});
