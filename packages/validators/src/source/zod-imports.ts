import { lineAt, type SourceFile } from './source-tree.ts'

/** Line of an import that takes Zod by name, which bundlers cannot thin out; undefined when there is none. */
export function importsAllOfZod(file: SourceFile): number | undefined {
  const found = file.program.body.find(
    (statement) =>
      statement.type === 'ImportDeclaration' &&
      statement.importKind !== 'type' &&
      statement.source.value === 'zod' &&
      statement.specifiers.some((specifier) =>
        specifier.type === 'ImportSpecifier'
          ? specifier.importKind !== 'type' &&
            specifier.imported.type === 'Identifier' &&
            specifier.imported.name === 'z'
          : specifier.type === 'ImportDefaultSpecifier',
      ),
  )
  return found === undefined ? undefined : lineAt(file, found.start)
}
