import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface Platform {
  readonly child: ChildProcess
  readonly pid: number
  readonly url: string
  readonly serviceToken: string
  readonly adminEmail: string
  readonly adminPassword: string
}

/** Starts the real program on a data folder of its own and resolves when it is ready. Whoever calls ends `child`. */
export async function startPlatform(folder: string): Promise<Platform> {
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const url = `http://127.0.0.1:${port}`
  const account = {
    serviceToken: 'bench-service-token-0123456789',
    adminEmail: 'ada@bench.example',
    adminPassword: 'bench-password',
  }
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=64', path.resolve(import.meta.dirname, '../apps/server/src/main.ts')],
    {
      env: {
        ...process.env,
        PORT: String(port),
        IMPERAL_DATA_DIR: folder,
        IMPERAL_SERVICE_TOKEN: account.serviceToken,
        IMPERAL_ADMIN_EMAIL: account.adminEmail,
        IMPERAL_ADMIN_PASSWORD: account.adminPassword,
        IMPERAL_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 3_000) throw new Error('the platform did not start')
    const ready = await fetch(`${url}/readyz`).catch(() => null)
    if (ready?.status === 200) return { child, pid: child.pid ?? 0, url, ...account }
    await delay(100)
  }
}
