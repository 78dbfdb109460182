import type { Preview } from '../../domain/operator/deploy/preview.ts';
import type { Output } from '../output/output.ts';

/** Shows what would change before it is agreed to. */
export function showPreview(
  output: Output,
  { stack, region }: { readonly stack: string; readonly region: string },
  { settings, resources, permissions }: Preview,
): void {
  const parts: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    [`Settings of ${stack} in ${region}`, settings],
    ['Resources of the main stack', resources],
    ['Permissions that both templates gain', permissions],
  ];
  for (const [heading, lines] of parts) {
    output.status({ text: `${heading}: ${lines.length === 0 ? 'nothing changes' : ''}`.trimEnd(), lasting: true });
    for (const line of lines) output.status({ text: `  ${line}`, lasting: true });
  }
}
