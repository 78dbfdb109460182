import { expect } from 'chai';
import * as v from 'valibot';
import { Progress } from '../../../../source/domain/state/progress.ts';
import type { Appendix } from '../../../../source/domain/state/progress.ts';
import { textsShape } from '../../../../source/domain/state/shape.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

const shape = v.object({ parts: textsShape });
type Seen = v.InferOutput<typeof shape>;

describe('Progress with appendices', () => {
  it('stores what a failed save had cut off, before the state that names it', async () => {
    const { objects, clock } = new World();
    let refused = 1;
    const put: typeof objects.put = (key, ...rest) =>
      key.startsWith('run/parts/') && refused-- > 0
        ? Promise.reject(new Error('S3 is down'))
        : objects.put(key, ...rest);
    const progress = await Progress.claim<Seen>(
      { objects: { get: objects.get, put }, clock, claim: 'a' },
      {
        key: 'run/state.json',
        shape,
        folderOf: (kind) => `run/${kind}/`,
        since: clock.now(),
        figures: () => ({ phase: 'restoring' }),
      },
      () => ({ parts: [] }),
    );
    let waiting = 'first';
    const gathered: Appendix = {
      get pending() {
        return waiting === '' ? 0 : 1;
      },
      cut: (newKey) => {
        if (waiting === '') return [];
        const part = { key: newKey('parts'), body: Buffer.from(waiting) };
        progress.state.parts.push(part.key);
        waiting = '';
        return [part];
      },
    };
    await progress.gather([gathered], async () => {
      expect(await rejection(progress.save())).to.include({ message: 'S3 is down' });
      await progress.save();
      const { state } = objects.json<{ readonly state: Seen }>('run/state.json');
      expect(state.parts.map((key) => objects.text(key))).to.deep.equal(['first']);

      waiting = 'second';
      await progress.save();
      expect(
        objects.json<{ readonly state: Seen }>('run/state.json').state.parts.map((key) => objects.text(key)),
      ).to.deep.equal(['first', 'second']);
    });
  });
});
