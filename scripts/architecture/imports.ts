import { parseSync, Visitor } from 'oxc-parser'

export interface Import {
  readonly specifier: string
  readonly line: number
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Every module that a source file names: imports, re-exports, `import()` of a literal, and types from `import()`. */
export function readImports(file: string, code: string): Import[] {
  const { module, program, errors } = parseSync(file, code)
  const broken = errors.find(({ severity }) => severity === 'Error')
  if (broken !== undefined) throw new Error(`${file} cannot be parsed: ${broken.message}`)
  const requests: Span[] = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.dynamicImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest ?? [])),
  ]
  new Visitor({ TSImportType: ({ source }) => requests.push(source) }).visit(program)
  const found = new Map<number, Import>()
  for (const { start, end } of requests) {
    const literal = /^(['"`])(.+)\1$/s.exec(code.slice(start, end))
    const specifier = literal?.[2]
    if (specifier !== undefined) found.set(start, { specifier, line: code.slice(0, start).split('\n').length })
  }
  return [...found.values()].sort((a, b) => a.line - b.line)
}
