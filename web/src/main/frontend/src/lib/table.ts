export interface Column<Key extends string> {
  readonly key: Key;
  /** Empty for the column of buttons. */
  readonly label: string;
  readonly number?: boolean;
}
