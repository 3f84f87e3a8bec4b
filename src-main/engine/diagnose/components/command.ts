import { runProgram } from '../probe/run-program.ts';
import { failed, passed, unknown } from '../verdict.ts';
import type { LookAt } from './kind.ts';

/** Lines of output that are shown. */
const SHOWN_LINES = 5;

/** A program of the user's own ends with the wanted code and says what it should. Run without a shell. */
export const lookAtCommand: LookAt<'command'> = async (check, { signal }) => {
  const { program, exitCode, contains, timeoutMs } = check;
  const answer = await runProgram(program, check.arguments, signal, timeoutMs);
  if (!answer.ok) {
    if (answer.why === 'timeout')
      return failed([{ text: 'timeout', place: program }], { found: 'timeout', parameters: { program } });
    return unknown(answer, program);
  }
  const { stdout, stderr, exitCode: code } = answer.value;
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const evidence = [
    { text: `exit ${code}`, place: program },
    ...lines.slice(0, SHOWN_LINES).map((text) => ({ text, place: program })),
  ];
  const parameters = { program, exitCode: String(code), wanted: String(exitCode), contains };
  if (code !== exitCode) return failed(evidence, { parameters });
  if (contains !== '' && !`${stdout}\n${stderr}`.includes(contains))
    return failed(evidence, { found: 'text', parameters });
  return passed(evidence, { parameters });
};
