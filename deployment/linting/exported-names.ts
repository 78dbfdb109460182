import ts from 'typescript';

/** An exported name that stands for more than one thing, with the files that declare one each. */
export interface AmbiguousName {
  readonly name: string;
  readonly files: readonly string[];
}

/** Names that a file declares itself and exports. What it only passes on from another file counts there. */
export function exportedNames(path: string, text: string): string[] {
  const names = new Set<string>();
  const imported = new Set<string>();
  for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements) {
    if (ts.isImportDeclaration(statement)) for (const name of importedNames(statement)) imported.add(name);
    if (isExported(statement)) for (const name of declaredNames(statement)) names.add(name);
    // `export { a, b as c }` without a file behind it: the file's own names, or imported ones passed on.
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined)
      for (const { name, propertyName } of listed(statement.exportClause))
        if (!imported.has((propertyName ?? name).text)) names.add(name.text);
  }
  return [...names];
}

/** Every name that two of these files declare and export, by name. */
export function ambiguousNames(
  files: ReadonlyMap<string, string>,
  allowed: Readonly<Record<string, string>>,
): AmbiguousName[] {
  const found = new Map<string, string[]>();
  for (const [path, text] of files)
    for (const name of exportedNames(path, text)) found.set(name, [...(found.get(name) ?? []), path]);
  return [...found]
    .filter(([name, paths]) => paths.length > 1 && !Object.hasOwn(allowed, name))
    .map(([name, paths]) => ({ name, files: paths.toSorted() }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

const isExported = (statement: ts.Statement): boolean => {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const has = (wanted: ts.SyntaxKind): boolean => modifiers.some(({ kind }) => kind === wanted);
  return has(ts.SyntaxKind.ExportKeyword) && !has(ts.SyntaxKind.DefaultKeyword);
};

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  )
    return statement.name === undefined ? [] : [statement.name.text];
  return [];
}

/** The names in `const a`, `const { a, b: c }` and `const [a, b]`. */
const boundNames = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));

function importedNames({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  const named = bindings === undefined ? [] : ts.isNamedImports(bindings) ? bindings.elements : [bindings];
  return [importClause?.name, ...named.map(({ name }) => name)].flatMap((name) => name?.text ?? []);
}

const listed = (
  clause: ts.NamedExportBindings | undefined,
): { name: ts.ModuleExportName; propertyName?: ts.ModuleExportName }[] =>
  clause !== undefined && ts.isNamedExports(clause)
    ? clause.elements.map(({ name, propertyName }) => ({ name, ...(propertyName && { propertyName }) }))
    : [];
