import { expect, test } from 'vitest';
import { closeWindow, type CloseAnswer, type WhenClosed } from '../../src-main/app/closing.ts';

interface Situation {
  set: WhenClosed;
  tray: boolean;
  answer?: CloseAnswer;
}

/** What happened, in order. */
async function closing({ set, tray, answer }: Situation): Promise<string[]> {
  const done: string[] = [];
  await closeWindow({
    whenClosed: () => set,
    hasTray: async () => tray,
    ask: async (withTray) => {
      done.push(withTray ? 'ask' : 'ask without tray');
      if (answer === undefined) throw new Error('asked');
      return answer;
    },
    remember: async (choice) => void done.push(`remember ${choice}`),
    hide: () => done.push('hide'),
    minimise: () => done.push('minimise'),
    quit: () => done.push('quit'),
  });
  return done;
}

const keep: CloseAnswer = { choice: 'keep', remember: false };

test.each<[string, Situation, string[]]>([
  ['set to quit', { set: 'quit', tray: true }, ['quit']],
  ['set to hide', { set: 'hide', tray: true }, ['hide']],
  ['asked, kept', { set: 'ask', tray: true, answer: keep }, ['ask', 'hide']],
  [
    'asked, kept for good',
    { set: 'ask', tray: true, answer: { ...keep, remember: true } },
    ['ask', 'remember hide', 'hide'],
  ],
  [
    'asked, quit for good',
    { set: 'ask', tray: true, answer: { choice: 'quit', remember: true } },
    ['ask', 'remember quit', 'quit'],
  ],
  [
    'asked, cancelled with the box ticked',
    { set: 'ask', tray: true, answer: { choice: 'cancel', remember: true } },
    ['ask'],
  ],
  [
    'set to hide where there is no tray',
    { set: 'hide', tray: false, answer: keep },
    ['ask without tray', 'minimise'],
  ],
  [
    'asked where there is no tray: hiding is not remembered',
    { set: 'ask', tray: false, answer: { ...keep, remember: true } },
    ['ask without tray', 'minimise'],
  ],
])('%s', async (_name, situation, expected) => {
  expect(await closing(situation)).toEqual(expected);
});
