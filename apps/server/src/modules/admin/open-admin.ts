import { admin } from '@imperal/contract'
import { implement, type MountedRoute, requireInstallation } from '../../foundation/http/index.ts'
import { type Check, runDoctor } from './doctor.ts'

export interface Admin {
  readonly routes: readonly MountedRoute[]
}

export function openAdmin(options: { readonly checks: readonly Check[]; now(): string }): Admin {
  const doctor = implement(admin.doctor, ({ principal }) => {
    requireInstallation(principal)
    return runDoctor(options.checks, options.now)
  })
  return { routes: [doctor] }
}
