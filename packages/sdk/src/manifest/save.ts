import { manifestJsonSchema, mergeManifest } from '@imperal/contract/manifest'
import { ImperalError, ValidationError } from '../errors.ts'
import type { Registry } from '../extension/registry.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { manifestFields } from './generate.ts'
import { iconSize } from './icon-size.ts'
import { nodeModule } from './node-module.ts'

/**
 * Writes the manifest and gives the file's path. For a folder: `imperal.json` in it, joined with the marketplace fields
 * of the file that is there. For a file name: that file, as generated.
 * @throws ValidationError when the existing file is not JSON
 */
export async function saveManifest(extension: Registry, path = '.'): Promise<string> {
  const fs = nodeModule('node:fs')?.promises
  const paths = nodeModule('node:path')
  if (fs === undefined || paths === undefined) throw new ImperalError('saveManifest needs a file system')
  const isFolder = (await fs.stat(path).catch(() => undefined))?.isDirectory() === true
  const file = isFolder ? paths.join(path, 'imperal.json') : path
  const generated = manifestFields(extension, iconSize(paths.dirname(file), extension.icon))
  const manifest = isFolder ? mergeManifest(await readExisting(fs, file), generated) : generated
  await fs.writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`)
  return file
}

async function readExisting(fs: typeof import('node:fs').promises, file: string): Promise<JsonObject> {
  const text = await fs.readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  try {
    const json: unknown = JSON.parse(text)
    return isObject(json) ? (json as JsonObject) : {}
  } catch (error) {
    throw new ValidationError('imperal.json', `${file} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}

/** JSON Schema of `imperal.json`, draft 2020-12. */
export function getManifestSchema(): JsonObject {
  return manifestJsonSchema()
}
