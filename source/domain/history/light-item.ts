import type { ItemKind } from '../backup/items.ts';
import type { TableItem } from '../ports.ts';

/**
 * An item by which key and content it has: two digests, each as two unsigned halves of 32 bits. Valid until the next one is
 * read: of millions, none is an object of its own.
 */
export interface LightItem {
  readonly kind: ItemKind;
  readonly keyHigh: number;
  readonly keyLow: number;
  readonly contentHigh: number;
  readonly contentLow: number;
  /** The item itself, taken apart now. */
  readonly whole: () => TableItem;
}
