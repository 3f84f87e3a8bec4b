import { everydayLines } from './everyday.ts';
import type { DemoLine } from './lines.ts';
import { partSeed, randomOf } from './random.ts';
import { attackersOf, ROUND_SECONDS, SCENES } from './scenes.ts';

/** What one second of the show is: nothing but these three decide its lines. */
export interface DemoSecond {
  seed: number;
  /** UTC milliseconds of the moment the show begins, a whole second; before it everything is quiet. */
  start: number;
  /** Seconds since `start`; negative in the hour before. */
  second: number;
}

/** The lines of one second of the show, oldest first. */
export function linesOfSecond({ seed, start, second }: DemoSecond): DemoLine[] {
  const time = start + second * 1000;
  const lines = everydayLines(time, randomOf(partSeed(seed, second)));
  if (second >= 0) lines.push(...attackLines(seed, time, second));
  return lines.sort((one, other) => one.time - other.time);
}

function attackLines(seed: number, time: number, second: number): DemoLine[] {
  const round = Math.floor(second / ROUND_SECONDS);
  const inRound = second % ROUND_SECONDS;
  const attackers = attackersOf(seed, round);
  return SCENES.filter((scene) => inRound >= scene.from && inRound < scene.to).flatMap((scene, number) => {
    const random = randomOf(partSeed(seed, second * 16 + number));
    return scene.lines(time + random.whole(0, 900), inRound - scene.from, attackers, random);
  });
}
