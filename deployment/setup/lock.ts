import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_IS_STALE_AFTER_MS = 10 * 60_000;

/** Does a set-up while no other process of this machine does; `lock` is a folder that exists meanwhile. One that a killed process left is taken over. */
export async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (holderIsGone(lock)) rmSync(lock, { recursive: true, force: true });
      else await sleep(250);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function holderIsGone(lock: string): boolean {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_IS_STALE_AFTER_MS) return true;
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    // ENOENT: the holder is just between mkdir and its pid file, or has just finished; look again.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
