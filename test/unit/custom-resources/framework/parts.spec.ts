import { expect } from 'chai';
import * as v from 'valibot';
import { launchIdOf } from '../../../../source/custom-resources/framework/identity.ts';
import { pollUntil } from '../../../../source/custom-resources/framework/poll.ts';
import {
  parseProperties,
  region,
  nonEmptyText,
  textMap,
} from '../../../../source/custom-resources/framework/properties.ts';
import { LAUNCH_ID, STACK_ID } from '../../../support/custom-resources/requests.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';

describe('properties of a custom resource', () => {
  const schema = v.object({ Name: nonEmptyText, Region: region, More: textMap });

  it('are read without the ones that CloudFormation adds', () => {
    const given = { ServiceToken: 'arn', ServiceTimeout: '300', Name: 'x', Region: 'us-gov-west-1', More: { a: '1' } };
    expect(parseProperties(schema, given)).to.deep.equal({ Name: 'x', Region: 'us-gov-west-1', More: { a: '1' } });
  });

  it('are refused by name, without their values', () => {
    const given = { Name: '', Region: 'Mars', More: { a: 1 } };
    expect(() => parseProperties(schema, given)).to.throw(
      /^[^M]*Name must not be empty; Region must be a Region name such as eu-west-1; More\.a must be a string\.$/,
    );
    expect(() => parseProperties(schema, { Region: 'eu-west-1', More: {} })).to.throw('Name is missing');
  });
});

describe('launch id', () => {
  it('is the beginning of the uuid of the stack id', () => {
    expect(launchIdOf(STACK_ID)).to.equal(LAUNCH_ID);
  });
  it('differs between launches under the same name', () => {
    expect(launchIdOf(STACK_ID.replace('0a1b2c3d', '1a1b2c3d'))).not.to.equal(LAUNCH_ID);
  });
  it('has the same form where the stack id does not end with a uuid', () => {
    const ids = [
      'arn:aws:cloudformation:us-east-1:123456789012:stack/Backup/1',
      'arn:aws:cloudformation:us-east-1:123456789012:stack/Backup/2',
      'Backup',
      'arn:x:stack/Backup/0a1b2c3d',
    ].map(launchIdOf);
    for (const id of ids) expect(id).to.match(/^[0-9a-f]{12}$/);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(launchIdOf('Backup')).to.equal(ids[2]);
  });
});

describe('polling', () => {
  it('looks with growing pauses of at most 15 s until there is a value', async () => {
    const clock = new FakeClock();
    const at: number[] = [];
    const found = await pollUntil(
      async () => {
        at.push(clock.elapsed / 1000);
        return clock.elapsed > 60_000 ? 'there' : undefined;
      },
      { clock, timeLeft: () => 840_000 },
    );
    expect(found).to.equal('there');
    expect(at[1]).to.equal(1);
    expect(Math.max(...at.slice(1).map((value, index) => value - (at[index] as number)))).to.equal(15);
  });

  it('looks once, and ends without a value when the next look would come too late', async () => {
    const clock = new FakeClock();
    let looks = 0;
    const look = async (): Promise<undefined> => {
      looks += 1;
    };
    expect(await pollUntil(look, { clock, timeLeft: () => -5 })).to.equal(undefined);
    expect(looks).to.equal(1);
    await pollUntil(look, { clock, timeLeft: () => 60_000 - clock.elapsed });
    expect(clock.elapsed).to.be.within(40_000, 60_000);
  });
});
