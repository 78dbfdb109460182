/** Members of a query-protocol request as a tree: `Parameters.member.1.ParameterKey` becomes `Parameters[0].ParameterKey`. */
export type QueryTree = { readonly [member: string]: QueryTree | readonly QueryTree[] | readonly string[] | string };

/** Builds the tree from the flat keys of the query protocol. */
export function queryTree(flat: Readonly<Record<string, unknown>>): QueryTree {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    const names = path.split('.');
    const last = names.pop() ?? path;
    let node = root;
    for (const name of names) node = (node[name] ??= {}) as Record<string, unknown>;
    node[last] = value;
  }
  return withLists(root) as QueryTree;
}

/** `{ member: { 1: a, 2: b } }` is a list. */
function withLists(node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const { member, ...others } = node as { member?: Record<string, unknown> };
  if (typeof member === 'object' && Object.keys(others).length === 0) {
    return Object.keys(member)
      .sort((a, b) => Number(a) - Number(b))
      .map((index) => withLists(member[index]));
  }
  return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, withLists(child)]));
}

export function queryText(tree: QueryTree, name: string): string | undefined {
  const value = tree[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list of strings; undefined when the request has none. */
export function queryTexts(tree: QueryTree, name: string): string[] | undefined {
  const value = tree[name];
  return Array.isArray(value) ? value.map(String) : undefined;
}

export function trees(tree: QueryTree, name: string): QueryTree[] | undefined {
  const value = tree[name];
  return Array.isArray(value) ? (value as QueryTree[]) : undefined;
}

export function subtree(tree: QueryTree, name: string): QueryTree {
  const value = tree[name];
  return typeof value === 'object' && !Array.isArray(value) ? (value as QueryTree) : {};
}
