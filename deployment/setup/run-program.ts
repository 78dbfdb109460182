import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and gives what it wrote to standard output, trimmed.
 *
 * @param failure what the error begins with when the program fails; the end of its output follows
 * @throws Error, also when there is no such program
 */
export function runProgram(program: string, args: readonly string[], failure: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, output] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => {
      reject(new Error(`${failure}: ${error.message}`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(stdout.trim());
      else reject(new Error(`${failure} (exit code ${code ?? 'none'}):\n${output.trim().slice(-2000)}`));
    });
  });
}
