import type { LaunchKey, LeftData } from '../../domain/operator/deploy/answers.ts';
import { assetBucketIn } from '../../domain/operator/build/build-arguments.ts';
import type { Row, Summary } from '../output/output.ts';
import { PROGRAM } from '../program.ts';

/** What stays after an uninstall, with the command that deletes it. */
export function keptSummary(
  { stack, region, account }: LaunchKey,
  left: LeftData,
  bucket: string | undefined,
): Summary {
  const { table, primaryRegion, secondaryRegion, buckets } = left;
  const rows: Row[] = [
    ...(table === undefined
      ? []
      : [{ label: 'table, with its replica', value: `${table} in ${primaryRegion} and ${secondaryRegion}` }]),
    ...Object.entries(buckets).flatMap(([where, names]) =>
      names.map((name) => ({ label: 'bucket', value: `${name} in ${where}` })),
    ),
    ...(bucket === undefined
      ? []
      : [primaryRegion, secondaryRegion].map((where) => ({
          label: 'asset bucket',
          value: `${assetBucketIn({ bucket }, where)} in ${where}`,
        }))),
  ];
  return {
    blocks: [{ lines: [`${stack} is deleted.`] }, { heading: 'What stays: the backup', rows }],
    data: { stack, region, account, deletedData: false, kept: { table, buckets, assetBuckets: bucket } },
    next: [`${PROGRAM} uninstall --region ${region} --stack ${stack} --delete-data`],
  };
}

/** What is said when nothing is left. */
export const removedSummary = ({ stack, region }: LaunchKey, left: LeftData, kept: readonly string[]): Summary => ({
  blocks: [
    {
      lines: [
        `${stack} and its backup are deleted in ${left.primaryRegion} and ${left.secondaryRegion}. DynamoDB keeps a system backup of a table with point-in-time recovery for 35 days; after that nothing is left.`,
        ...(kept.length === 0
          ? []
          : [
              `These asset buckets stay: deploy did not make them for this launch, or another one is made from them: ${kept.join(', ')}.`,
            ]),
      ],
    },
  ],
  data: { stack, region, deletedData: true, keptAssetBuckets: kept },
});
