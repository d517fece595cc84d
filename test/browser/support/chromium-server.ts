import path from 'node:path'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { findChromium } from '../../../scripts/test/chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the Chromium of this run answers; empty when none was started. */
    chromium: string
  }
}

const FOLDER = path.resolve(import.meta.dirname, '..')
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A name of this machine by which pages come as from another one: by plain http, in no secure context.
  '--host-resolver-rules=MAP house.example 127.0.0.1',
]

async function isNeeded(project: TestProject): Promise<boolean> {
  // Only the running Vitest knows its command line filter, and keeps it internal; without it every file counts.
  const { filenamePattern } = project.vitest as unknown as { filenamePattern?: string[] }
  const { testFiles } = await project.globTestFiles(filenamePattern ?? [])
  return testFiles.some((file) => file.startsWith(FOLDER + path.sep))
}

/** Starts one Chromium for the whole run when a browser test is among its files; each test has contexts of its own. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide('chromium', '')
  const executablePath = findChromium()
  if (executablePath === undefined || !(await isNeeded(project))) return undefined
  const server = await chromium.launchServer({ executablePath, args: ARGS, timeout: 120_000 })
  project.provide('chromium', server.wsEndpoint())
  return () => server.close()
}
