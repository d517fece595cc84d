import { ApiError, type Client } from '@imperal/client'
import { developer } from '@imperal/contract'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import type { BuiltProject } from '../project/build-project.ts'
import { confirm } from './confirm.ts'

const missing = (error: unknown, status: number): boolean => error instanceof ApiError && error.status === status

async function ensureDeveloper(client: Client, io: Io, yes: boolean): Promise<void> {
  try {
    await client.send(developer.profile)
  } catch (error) {
    if (!missing(error, 403)) throw error
    await confirm(io, 'You are not enrolled as a developer yet. Enrol now?', yes)
    await client.send(developer.register, { body: {} })
    io.out('Enrolled as a developer.')
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** True when there is one of the caller's. */
async function ownsApp(client: Client, appId: string): Promise<boolean> {
  try {
    const app = await client.send(developer.getApp, { params: { app_id: appId } })
    if (app.owner) return true
  } catch (error) {
    if (missing(error, 404)) return false
    throw error
  }
  throw new CliFailure(`The app '${appId}' belongs to somebody else.`, { hint: 'Choose another app id in main.ts.' })
}

/** Makes the caller a developer and creates the app, after asking, where either is missing. */
export async function ensureApp(
  client: Client,
  io: Io,
  project: Pick<BuiltProject, 'appId' | 'manifest'>,
  yes: boolean,
): Promise<void> {
  await ensureDeveloper(client, io, yes)
  const { appId, manifest } = project
  if (await ownsApp(client, appId)) return
  await confirm(io, `There is no app '${appId}' yet. Create it?`, yes)
  await client.send(developer.createApp, {
    body: {
      app_id: appId,
      name: text(manifest.name) || appId,
      description: text(manifest.description).slice(0, 2000),
      short_description: text(manifest.description).slice(0, 200),
      category: text(manifest.category) || 'general',
    },
  })
  io.out(`Created the app ${appId}: a draft that only you see.`)
}
