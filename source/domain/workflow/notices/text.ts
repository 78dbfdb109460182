import { wrap } from '../../wrap.ts';

/** A message as it is published: plain text for an e-mail. */
export interface Notice {
  /** Fewer than 100 printable ASCII characters (SNS, Publish: Subject). */
  readonly subject: string;
  readonly body: string;
  /** True for everything but a clean success: published also with ERRORS_ONLY. */
  readonly important: boolean;
}

const SUBJECT_LENGTH = 99;
const LINE_LENGTH = 78;

/** A subject that SNS takes for e-mail: printable ASCII, less than 100 characters. */
export const subjectOf = (text: string): string => {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return plain.length <= SUBJECT_LENGTH ? plain : `${plain.slice(0, SUBJECT_LENGTH - 3)}...`;
};

/** Paragraphs with lines of an e-mail's width; a word that is longer (a link) stays whole. */
export const bodyOf = (paragraphs: readonly (string | undefined)[]): string =>
  `${paragraphs
    .filter((paragraph): paragraph is string => paragraph !== undefined)
    .map((paragraph) => wrap(paragraph, LINE_LENGTH).join('\n'))
    .join('\n\n')}\n`;

/** `2 h 5 min`, `3 min 4 s`, `12 s` */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const CONSOLES: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

const consoleOf = (partition: string, region: string): string =>
  CONSOLES[partition] ?? `${region}.console.aws.amazon.com`;

/** The Step Functions console's page of an execution (`.../executions/details/`) or a machine, by the ARN's partition and Region. */
export function consoleLink(arn: string): string {
  const [, partition = 'aws', , region = '', , kind] = arn.split(':');
  return `https://${consoleOf(partition, region)}/states/home?region=${region}#/v2/${kind === 'execution' ? 'executions/details' : 'statemachines/view'}/${arn}`;
}

/** The CloudWatch console's page of an alarm. */
export function alarmLink(arn: string): string {
  const [, partition = 'aws', , region = '', , , name = ''] = arn.split(':');
  return `https://${consoleOf(partition, region)}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(name)}`;
}
