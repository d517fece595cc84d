import type { RoleResponse } from '@imperal/contract'
import { t } from '../../i18n/index.ts'

/** When people of a role are asked before a function writes. */
export const POLICIES: Readonly<Record<RoleResponse['confirmation_policy'], string>> = {
  enforced: t('always asked'),
  default_on: t('asked unless turned off'),
  default_off: t('asked when turned on'),
  disabled: t('never asked'),
}
