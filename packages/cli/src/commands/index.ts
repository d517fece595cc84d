import type { Command } from '../define-command.ts'
import { add } from './add.ts'
import { backup } from './backup.ts'
import { build } from './build.ts'
import { completion } from './completion.ts'
import { deploy } from './deploy.ts'
import { dev } from './dev.ts'
import { doctor } from './doctor.ts'
import { document } from './document.ts'
import { events } from './events.ts'
import { init } from './init.ts'
import { keys } from './keys.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { logs } from './logs.ts'
import { mcp } from './mcp.ts'
import { restore } from './restore.ts'
import { schedules } from './schedules.ts'
import { server } from './server.ts'
import { submit } from './submit.ts'
import { test } from './test.ts'
import { validate } from './validate.ts'
import { whoami } from './whoami.ts'

/** In the order of the help. */
export const COMMANDS = [
  init,
  add,
  login,
  logout,
  whoami,
  validate,
  build,
  test,
  dev,
  deploy,
  document,
  mcp,
  submit,
  logs,
  schedules,
  doctor,
  server,
  backup,
  restore,
  keys,
  events,
  completion,
] as unknown as readonly Command[] // each command keeps the type of its own options
