import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Client } from '@imperal/client'
import { developer, MAX_BUNDLE_BYTES, type RouteResponse } from '@imperal/contract'
import { CliFailure } from '../failure.ts'
import type { BuiltProject } from '../project/build-project.ts'

export type DeployAnswer = RouteResponse<typeof developer.deploy>

const file = (content: string | Buffer, type: string): Blob =>
  new Blob([new Uint8Array(Buffer.from(content))], { type })

function formOf({ version, manifest, bundle, icon }: BuiltProject, changelog: string): FormData {
  const form = new FormData()
  form.set('version', version)
  form.set('changelog', changelog)
  form.set('manifest', file(JSON.stringify(manifest), 'application/json'), 'imperal.json')
  form.set('bundle', file(bundle.code, 'text/javascript'), 'bundle.js')
  form.set('source_map', file(bundle.map, 'application/json'), 'bundle.js.map')
  if (icon !== undefined) form.set('icon', file(icon, 'image/svg+xml'), 'icon.svg')
  return form
}

/** Uploads one build and gives the deploy, which is then live or failed. @throws ApiError, CliFailure */
export async function upload(client: Client, project: BuiltProject, changelog = ''): Promise<DeployAnswer> {
  const bytes = Buffer.byteLength(project.bundle.code)
  if (bytes > MAX_BUNDLE_BYTES) {
    throw new CliFailure(`The bundle has ${bytes} bytes, ${MAX_BUNDLE_BYTES} are the most.`, {
      hint: 'Look for a large dependency; `imperal build` writes the bundle to dist/bundle.js.',
    })
  }
  return client.send(developer.deploy, {
    params: { app_id: project.appId },
    body: formOf(project, changelog),
  })
}

/** The entry of CHANGELOG.md for a version: what stands below its heading. Empty without one. */
export async function changelogOf(root: string, version: string): Promise<string> {
  let text: string
  try {
    text = await readFile(path.join(root, 'CHANGELOG.md'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
  const sections = text.split(/^#+ /m).slice(1)
  const section = sections.find((entry) => entry.split('\n')[0]?.includes(version))
  return (section?.split('\n').slice(1).join('\n').trim() ?? '').slice(0, 5000)
}
