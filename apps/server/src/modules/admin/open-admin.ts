import { admin } from '@imperal/contract'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import { type Check, runDoctor } from './doctor.ts'

export interface Admin {
  readonly routes: readonly MountedRoute[]
}

export function openAdmin(options: { readonly checks: readonly Check[]; now(): string }): Admin {
  return { routes: [implement(admin.doctor, () => runDoctor(options.checks, options.now))] }
}
