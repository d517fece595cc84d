import { ConfirmDialog } from '@imperal/ui-kit'
import { useBlocker } from '@tanstack/react-router'
import { useStore } from '../../data/store.ts'
import { isCenterUnsaved, leaving, mayLeaveCenter } from '../../data/workspace/unsaved.ts'
import { t } from '../../i18n/index.ts'

const QUESTION = {
  title: t('Leave without saving?'),
  message: t('The form in the middle holds changes that have not been sent.'),
  confirmLabel: t('Leave'),
  destructive: true,
}

/** Asks before a form in the center is left with changes in it (ui 4.6). */
export function LeaveGuard() {
  const question = useStore(leaving)
  useBlocker({
    shouldBlockFn: async () => !(await mayLeaveCenter()),
    enableBeforeUnload: isCenterUnsaved,
  })
  return <ConfirmDialog request={question ? QUESTION : null} onAnswer={(leave) => question?.resolve(leave)} />
}
