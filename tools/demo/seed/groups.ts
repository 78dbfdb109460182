/** Twelve groups of very different sizes. */
export interface DemoGroup {
  readonly name: string;
  readonly description?: string;
  readonly precedence?: number;
  /** Share of users that are members, before rounding; the shares add up to about 1.2 memberships per user. */
  readonly share: number;
  /** At least so many members, however small the pool. */
  readonly atLeast: number;
}

export const DEMO_GROUPS: readonly DemoGroup[] = [
  { name: 'everyone', description: 'All customers, "the big one"', precedence: 100, share: 0.62, atLeast: 1 },
  { name: 'newsletter', description: 'Receives the newsletter, weekly', precedence: 90, share: 0.3, atLeast: 1 },
  { name: 'beta-testers', description: 'Früher Zugang 🚀', precedence: 50, share: 0.12, atLeast: 1 },
  { name: 'partners/eu', description: 'Partners in the EU', precedence: 40, share: 0.06, atLeast: 1 },
  { name: 'partners/us', precedence: 41, share: 0.04, atLeast: 1 },
  { name: 'поддержка', description: 'Служба поддержки', precedence: 20, share: 0.03, atLeast: 1 },
  { name: '管理者', description: '管理者グループ', precedence: 2, share: 0.01, atLeast: 2 },
  {
    name: 'billing,accounts',
    description: 'A comma in the name; and a "quote" here',
    precedence: 10,
    share: 0.01,
    atLeast: 2,
  },
  { name: 'auditors', description: 'x'.repeat(2_048), precedence: 5, share: 0.002, atLeast: 3 },
  { name: 'administrators', description: 'Full access', precedence: 0, share: 0, atLeast: 3 },
  { name: 'break-glass', description: 'One person only', precedence: 1, share: 0, atLeast: 1 },
  { name: 'empty', description: 'Nobody is in here yet', share: 0, atLeast: 0 },
];
