import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseRemote, type RemoteFile } from '../../../../../src-main/engine/sources/logs/ssh/address.ts';
import type { SessionOptions } from '../../../../../src-main/engine/sources/logs/ssh/session.ts';
import { freePort } from '../../../../free-port.ts';
import { requireProgram } from '../../../../programs.ts';
import { temporaryDirectory } from '../tail-harness.ts';

/** A real sshd on loopback that lets one key in. */
export interface SshServer {
  directory: string;
  port: number;
  identity: string;
  /** How a session reaches it. @param knownHosts file with the server's key, as the user would have it */
  session(knownHosts?: string): SessionOptions;
  remote(path: string): RemoteFile;
  /** Ends the server and every connection it holds. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function sshServer(): Promise<SshServer> {
  const program = requireProgram('sshd', 'openssh-server');
  const keygen = requireProgram('ssh-keygen', 'openssh-client');
  const directory = temporaryDirectory();
  const port = await freePort();
  for (const name of ['host', 'user', 'stranger'])
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, name)]);
  // sshd of Debian wants this folder, which its service makes.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const publicKey = (name: string): string =>
    execFileSync(keygen, ['-y', '-f', join(directory, name)], { encoding: 'utf8' }).trim();
  writeFileSync(join(directory, 'authorized'), `${publicKey('user')}\n`, { mode: 0o600 });
  writeFileSync(join(directory, 'known'), `[127.0.0.1]:${port} ${publicKey('host')}\n`);
  writeFileSync(join(directory, 'changed'), `[127.0.0.1]:${port} ${publicKey('stranger')}\n`);
  writeFileSync(join(directory, 'none'), '');
  writeFileSync(
    join(directory, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(directory, 'host')}`,
      `AuthorizedKeysFile ${join(directory, 'authorized')}`,
      `PidFile ${join(directory, 'pid')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
      '',
    ].join('\n'),
  );
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    // A group of its own: connections are processes of their own, and are to end with it.
    child = spawn(program, ['-D', '-e', '-f', join(directory, 'sshd_config')], {
      stdio: 'ignore',
      detached: true,
    });
    await until(() => answers(port));
  };
  const stop = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running?.pid === undefined) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    for (const connection of descendantsOf(running.pid)) kill(connection);
    kill(running.pid);
    await ended;
  };
  onTestFinished(stop);
  await start();
  return {
    directory,
    port,
    identity: join(directory, 'user'),
    session: (knownHosts = 'known') => ({
      identity: join(directory, 'user'),
      // Nothing of this machine's own configuration plays a part.
      extra: [
        '-F',
        'none',
        '-o',
        `UserKnownHostsFile=${join(directory, knownHosts)}`,
        '-o',
        'GlobalKnownHostsFile=/dev/null',
        '-o',
        'IdentitiesOnly=yes',
        '-o',
        'IdentityAgent=none',
      ],
    }),
    remote: (path) => {
      const remote = parseRemote(`ssh://${userInfo().username}@127.0.0.1:${port}${path}`);
      if (remote === undefined) throw new Error(`no address: ${path}`);
      return remote;
    },
    stop,
    start,
  };
}

function descendantsOf(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const children = (parent: number): number[] =>
    table.flatMap(([id = 0, of]) => (of === parent ? [id, ...children(id)] : []));
  return children(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended by itself meanwhile.
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Asks again and again until the answer is yes. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
