/** For the reason of a failed Create: the table is retained whatever becomes of the stack. */
export const tableStays = (tableName: string, secondaryRegion: string): string =>
  `Table ${tableName}, and its replica in ${secondaryRegion} if there is one, are retained: switch off deletion protection in both Regions before you delete them.`;
