import { type JsonObject, MAX_MANIFEST_DEPTH, Manifest, nestsDeeperThan } from '@imperal/contract'

/** One deviation from the manifest schema. */
export interface ShapeProblem {
  readonly kind: 'not-an-object' | 'missing' | 'unknown' | 'wrong'
  readonly path: readonly (string | number)[]
  readonly message: string
}

type Path = readonly PropertyKey[]

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as JsonObject | undefined)?.[key as string], value)
}

const plain = (path: Path): (string | number)[] => path.map((key) => (typeof key === 'number' ? key : String(key)))

/** Everything in which a value deviates from the schema of `imperal.json`, in schema order. */
export function shapeProblems(value: unknown): ShapeProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ kind: 'not-an-object', path: [], message: 'the manifest is not an object' }]
  }
  if (nestsDeeperThan(value, MAX_MANIFEST_DEPTH)) {
    return [{ kind: 'wrong', path: [], message: `it nests deeper than ${MAX_MANIFEST_DEPTH} levels` }]
  }
  const issues = Manifest.safeParse(value).error?.issues ?? []
  return issues.flatMap((issue): ShapeProblem[] => {
    const path = plain(issue.path)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ kind: 'unknown', path: [...path, key], message: `unknown field '${key}'` }))
    }
    if (path.length > 0 && valueAt(value, path) === undefined) {
      return [{ kind: 'missing', path, message: `required field '${String(path.at(-1))}' is missing` }]
    }
    return [{ kind: 'wrong', path, message: issue.message.replace(/^Invalid input: /, '') }]
  })
}

/** `[tools.0.name] …`, or `[root] …`. */
export const locatedMessage = ({ path, message }: ShapeProblem): string =>
  `[${path.length === 0 ? 'root' : path.join('.')}] ${message}`
