import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { EXTENSION_PORT, type ExtensionPort, type JsonObject, mergeManifest } from '@imperal/contract'
import { build } from 'esbuild'
import { replaceFolder } from './stage.ts'

const ENTRY = 'main.ts'

/** Folders below `extensions/` that hold an extension. */
export function findExtensions(checkout: string): string[] {
  const folder = path.join(checkout, 'extensions')
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, ENTRY)))
    .sort()
}

const carriesPort = (value: unknown): value is { [EXTENSION_PORT]: ExtensionPort } =>
  typeof value === 'object' && value !== null && EXTENSION_PORT in value

async function readPort(bundle: string): Promise<ExtensionPort> {
  // The query makes a new module of a file that was built again.
  const module: Record<string, unknown> = await import(`${pathToFileURL(bundle).href}?${Date.now()}`)
  const found = Object.values(module).find(carriesPort)
  if (found === undefined) throw new Error(`${ENTRY} exports no extension.`)
  return found[EXTENSION_PORT]
}

async function bundleExtension(source: string, target: string): Promise<void> {
  await build({
    entryPoints: { bundle: path.join(source, ENTRY) },
    outdir: target,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'import'],
    external: ['node:*'],
    sourcemap: 'external',
    sourcesContent: true,
    logLevel: 'silent',
  })
}

const readManifest = (file: string): JsonObject => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})

/**
 * Makes what a deploy uploads (`bundle.js`, `bundle.js.map`, `imperal.json`, `icon.svg`) from the source of one extension.
 * The folder is named by the app id.
 */
export async function buildExtension(checkout: string, name: string, target: string): Promise<void> {
  const source = path.join(checkout, 'extensions', name)
  await replaceFolder(target, async (folder) => {
    await bundleExtension(source, folder)
    const port = await readPort(path.join(folder, 'bundle.js'))
    if (port.appId !== name) throw new Error(`extensions/${name} declares the app id "${port.appId}"; use one name.`)
    const icon = path.join(source, 'icon.svg')
    copyFileSync(icon, path.join(folder, 'icon.svg'))
    const generated = { ...port.manifest(), icon_size_bytes: statSync(icon).size }
    const manifest = mergeManifest(readManifest(path.join(source, 'imperal.json')), generated)
    writeFileSync(path.join(folder, 'imperal.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  })
}
