import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { EXTENSION_PORT, type JsonObject } from '@imperal/contract'
import type { Issue, LoadedExtension } from '@imperal/validators'
import { CliFailure } from '../failure.ts'
import type { Bundle } from './bundle.ts'
import { checkTypes, type TypeCheck } from './check-types.ts'
import type { Project } from './find-project.ts'
import { createStackMapper } from './map-stack.ts'
import { watchLoad } from './watch-load.ts'

const isExtension = (value: unknown): value is LoadedExtension =>
  typeof value === 'object' && value !== null && EXTENSION_PORT in value

/** The export `ext`, else the default one, else the first extension. */
function pickExtension(module: Readonly<Record<string, unknown>>): LoadedExtension | undefined {
  return [module.ext, module.default, ...Object.values(module)].find(isExtension)
}

const NOT_CALLED = 'It was thrown while the module ran, before anything was called.'
/** A frame in a file of the author. */
const PLACE = /(?:^|[\s(])([^\s()]+):(\d+):(\d+)\)?$/

function thrownIssue(message: string, [frame = '']: readonly string[]): Issue {
  const [, file = '', line = '0', column = '0'] = PLACE.exec(frame) ?? []
  const place = { file, line: Number(line), column: Number(column) }
  return { rule: 'LOAD', level: 'ERROR', message, ...place, fix: 'Mend what throws while the module is loaded.' }
}

async function loadFailure(
  error: unknown,
  { root, entry }: Project,
  { bundle, types }: { bundle: Bundle; types: TypeCheck | undefined },
): Promise<CliFailure> {
  const { name, message, stack } = error instanceof Error ? error : { name: 'Error', message: String(error), stack: '' }
  const lines = createStackMapper(bundle.map)
    .stack(stack ?? '')
    .split('\n')
  const own = lines.filter((line) => /^\s+at /.test(line) && bundle.sources.some((file) => line.includes(`${file}:`)))
  // What does not run often does not fit its types either, and they know which name was meant.
  const said = await (types?.issuesIn(bundle.sources) ?? checkTypes(root, bundle.sources))
  const sentence = `${entry} cannot be loaded: ${name === 'Error' ? '' : `${name}: `}${message}`
  return new CliFailure(sentence, {
    // A declaration says itself which one it is.
    ...(own.length > 0 ? { hint: own.join('\n') } : name === 'DeclarationError' ? {} : { hint: NOT_CALLED }),
    details: said.flatMap(({ file, line, rule, message, fix }) => [
      `${file}:${line} [${rule}] ${message}`,
      `    ${fix}`,
    ]),
    issues: [thrownIssue(sentence, own), ...said],
    cause: error,
  })
}

/** Runs the module and describes what it exports; ends the process when the module never comes to its end. */
async function runModule({ entry }: Project, bundle: Bundle, folder: string) {
  const loaded = watchLoad({ entry, folder })
  try {
    const file = path.join(folder, 'bundle.mjs')
    await writeFile(file, bundle.code)
    const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>
    const extension = pickExtension(module)
    return extension && { extension, manifest: extension[EXTENSION_PORT].manifest() }
  } finally {
    loaded()
  }
}

/**
 * Runs the module of an extension and gives what it exports, with the manifest that it declares. What a type check
 * that runs already says is added to a failure.
 * @throws CliFailure when it throws while loading, exports no extension, or declares what no manifest can say
 */
export async function loadExtension(
  project: Project,
  bundle: Bundle,
  types?: TypeCheck,
): Promise<{ extension: LoadedExtension; manifest: JsonObject }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'imperal-load-'))
  try {
    const loaded = await runModule(project, bundle, folder)
    if (loaded !== undefined) return loaded
  } catch (error) {
    throw await loadFailure(error, project, { bundle, types })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  throw new CliFailure(`${project.entry} exports no extension.`, {
    hint: "Export it: `export const ext = new Extension('my-app', { … })`.",
  })
}
