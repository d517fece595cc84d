import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { JsonObject } from '@imperal/contract'
import type { Issue } from './issue.ts'
import { createReport, type ValidationReport } from './report.ts'
import { parseManifestText } from './rules/m0-json.ts'
import { jsonPlaces } from './source/json-place.ts'
import { readSourceTree } from './source/read-source-tree.ts'
import type { LoadedExtension } from './subject.ts'
import {
  MANIFEST_FILE,
  validateExtension,
  validateManifest,
  validateManifestFeatures,
  validateSources,
} from './validate.ts'

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The file may hold a part only, for instance what the marketplace shows: the code fills in the rest. */
function checkFile(text: string, made: JsonObject): Issue[] {
  const parsed = parseManifestText(text, MANIFEST_FILE)
  if ('issue' in parsed) return [parsed.issue]
  const value = isObject(parsed.value) ? { ...made, ...parsed.value } : parsed.value
  const options = { placeOf: jsonPlaces(text) }
  return [...validateManifest(value, options), ...validateManifestFeatures(value, options)]
}

const spot = ({ rule, file, line, column }: Issue): string => `${rule} ${file}:${line}:${column ?? 0}`

const value = ({ file, line, column }: Issue): string => `${file}:${line}:${column ?? 0}`

/** A value that a V rule refuses has the wrong form as well: the rule says it better, and once is enough. */
function notRefused(declared: readonly Issue[], made: readonly Issue[]): Issue[] {
  const refused = new Set(declared.filter(({ level, line }) => level === 'ERROR' && line > 0).map(value))
  return made.filter((issue) => issue.line === 0 || !refused.has(value(issue)))
}

/** Some rules look at both the loaded extension and its sources; one finding is enough. */
function notSaidBefore(before: readonly Issue[], later: readonly Issue[]): Issue[] {
  const said = new Set(before.map(spot))
  return later.filter((issue) => !said.has(spot(issue)))
}

/**
 * Everything that can be said about one project: V rules on the loaded extension, source rules, and the rules of the
 * manifest, both of the one that the code makes and of `imperal.json` when it is there.
 */
export async function validateProject(
  root: string,
  loaded: { extension: LoadedExtension; manifest: JsonObject },
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<ValidationReport> {
  const sources = await readSourceTree(root)
  const { extension, manifest } = loaded
  const { issues } = validateExtension(extension, { root, env, manifest, sources })
  const text = await readText(path.join(root, MANIFEST_FILE))
  const declared = issues.filter(({ rule }) => rule !== 'V8')
  const all = validateManifest(manifest, { sources })
  const made = notRefused(declared, all)
  const known = new Set(all.map(({ rule, message }) => `${rule} ${message}`))
  const inFile = (text === undefined ? [] : checkFile(text, manifest)).filter(
    ({ rule, message }) => !known.has(`${rule} ${message}`),
  )
  const found = [...declared, ...notSaidBefore(declared, validateSources(sources)), ...made, ...inFile]
  return createReport(manifest, found, extension)
}
