import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
const root = process.argv[2] as string, out = process.argv[3] as string;
const { exportCell, groupsOf, importCell, withAdministrators, oneGroup, noGroups } = await import(`${root}/tools/bench/cells.ts`);
const { compute } = await import(`${root}/tools/bench/computed/compute.ts`);
const { VirtualCloud } = await import(`${root}/tools/bench/virtual/virtual-cloud.ts`);
const results: any[] = [];
for (const [shape, t, j] of [[withAdministrators(groupsOf(20,15)),25,300],[noGroups(10000),10,30],[oneGroup(30000),25,300]] as any) {
  const cloud = new VirtualCloud({ shape, callsPerSecond: t, jobUsersPerSecond: j, folder: mkdtempSync(join(tmpdir(),'sb-')) });
  for (const cell of [exportCell({ shape, callsPerSecond: t }), exportCell({ shape, callsPerSecond: t, after:'export' }), exportCell({ shape, callsPerSecond: t, after:'export', churn: 0.02 }), importCell({ shape, callsPerSecond: t, jobUsersPerSecond: j })]) {
    const r = await compute(cloud, cell);
    results.push({ id: r.id, seconds: r.seconds, calls: r.calls.total, throttled: r.calls.throttled, usage: { ...r.usage, gbSeconds: 0, peakMemoryMb: 0 }, milestones: r.milestones, took: r.tookSeconds, bad: r.checks.filter((c:any)=>!c.ok) });
    console.log(r.id, r.seconds, r.calls.total, r.usage.itemsWritten, r.tookSeconds.toFixed(1));
  }
  for (const w of ['verify','verify','verifyNewPool']) { const run = await cloud[w](); results.push({id: w, seconds: run.seconds, calls: cloud.meter.cognitoTimes().length, counts: Object.fromEntries(cloud.meter.counts)}); console.log(w, run.seconds, cloud.meter.cognitoTimes().length, cloud.meter.count('units.read')); }
  cloud.remove();
}
writeFileSync(out, JSON.stringify(results, null, 1));
