import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type JsonObject, mergeManifest } from '@imperal/contract'
import { type LoadedExtension, MANIFEST_FILE, parseManifestText } from '@imperal/validators'
import { CliFailure } from '../failure.ts'
import { type Bundle, bundleExtension } from './bundle.ts'
import type { TypeCheck } from './check-types.ts'
import type { Project } from './find-project.ts'
import { loadExtension } from './load-extension.ts'

/** Everything that a deploy sends, and the loaded extension that it was made from. */
export interface BuiltProject {
  readonly project: Project
  readonly appId: string
  readonly version: string
  readonly extension: LoadedExtension
  /** Joined with the marketplace fields of the file on disk. */
  readonly manifest: JsonObject
  readonly bundle: Bundle
  readonly icon: Buffer | undefined
}

async function readOptional(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR') return undefined
    throw error
  }
}

async function readManifestFile(root: string): Promise<JsonObject> {
  const text = (await readOptional(path.join(root, MANIFEST_FILE)))?.toString('utf8')
  if (text === undefined) return {}
  const parsed = parseManifestText(text, MANIFEST_FILE)
  if ('issue' in parsed) {
    const { file, line, message } = parsed.issue
    throw new CliFailure(`${file}:${line} ${message}`, {
      hint: 'Correct the file, or delete it: it can be built anew.',
    })
  }
  const { value } = parsed
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

/** Bundles, loads and describes a project; writes nothing. @throws CliFailure */
export async function buildProject(project: Project, types?: TypeCheck): Promise<BuiltProject> {
  const bundle = await bundleExtension(project)
  const { extension, manifest: declared } = await loadExtension(project, bundle, types)
  const iconName = typeof declared.icon === 'string' ? declared.icon : ''
  const icon = iconName === '' ? undefined : await readOptional(path.join(project.root, iconName))
  const generated = icon === undefined ? declared : { ...declared, icon_size_bytes: icon.length }
  const manifest = mergeManifest(await readManifestFile(project.root), generated)
  const { app_id: appId, version } = manifest
  return { project, appId: String(appId), version: String(version), extension, manifest, bundle, icon }
}

const toText = (manifest: JsonObject): string => `${JSON.stringify(manifest, null, 2)}\n`

/** Writes `imperal.json`, and into `dist/` what a deploy uploads. Gives the manifest's path. */
export async function writeBuild({ project, manifest, bundle, icon }: BuiltProject): Promise<string> {
  const dist = path.join(project.root, 'dist')
  await mkdir(dist, { recursive: true })
  const file = path.join(project.root, MANIFEST_FILE)
  await Promise.all([
    writeFile(file, toText(manifest)),
    writeFile(path.join(dist, MANIFEST_FILE), toText(manifest)),
    writeFile(path.join(dist, 'bundle.js'), bundle.code),
    writeFile(path.join(dist, 'bundle.js.map'), bundle.map),
    ...(icon === undefined ? [] : [writeFile(path.join(dist, 'icon.svg'), icon)]),
  ])
  return file
}
