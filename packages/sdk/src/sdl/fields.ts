import * as z from 'zod'
import { platformRole } from './roles.ts'

// Fields of facets: each may be absent. The argument is the role.
export const text = (role: string) => platformRole(role, z.string())
export const number = (role: string) => platformRole(role, z.number())
export const whole = (role: string) => platformRole(role, z.number().int())
export const flag = (role: string) => platformRole(role, z.boolean())
export const moment = (role: string) => platformRole(role, z.iso.datetime({ offset: true }))
export const link = (role: string) => platformRole(role, z.url())
export const email = (role: string) => platformRole(role, z.email())
export const texts = (role: string) => platformRole(role, z.array(z.string()))
export const numbers = (role: string) => platformRole(role, z.array(z.number()))
export const members = (role: string) => platformRole(role, z.record(z.string(), z.json()))
export const things = (role: string) => platformRole(role, z.array(z.record(z.string(), z.json())))
