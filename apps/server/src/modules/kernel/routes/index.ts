import type { MountedRoute } from '../../../foundation/http/index.ts'
import type { KernelParts } from '../parts.ts'
import type { Kernel } from '../types.ts'
import { actionRoutes } from './action-routes.ts'
import { callRoutes } from './call-routes.ts'
import { configRoutes } from './config-routes.ts'
import { confirmationRoutes } from './confirmation-routes.ts'
import { fileRoutes } from './file-routes.ts'
import { ingressRoutes } from './ingress-routes.ts'
import { operatorRoutes } from './operator-routes.ts'
import { settingRoutes } from './setting-routes.ts'
import { taskRoutes } from './task-routes.ts'

export const kernelRoutes = (parts: KernelParts, kernel: Kernel): readonly MountedRoute[] => [
  ...callRoutes(parts, kernel),
  ...confirmationRoutes(parts, kernel),
  ...actionRoutes(parts),
  ...fileRoutes(parts, kernel),
  ...ingressRoutes(parts),
  ...taskRoutes(parts),
  ...operatorRoutes(parts),
  ...configRoutes(parts),
  ...settingRoutes(parts),
]
