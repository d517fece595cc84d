import { ConfirmDialog } from '@imperal/ui-kit'
import { useBlocker } from '@tanstack/react-router'
import { useStore } from '../../data/store.ts'
import { isAnythingUnsaved, leaving, mayLeave } from '../../data/workspace/unsaved.ts'
import { t } from '../../i18n/index.ts'

const QUESTION = {
  title: t('Leave without saving?'),
  message: t('The form in the middle holds changes that have not been sent.'),
  confirmLabel: t('Leave'),
  destructive: true,
}

/** Asks before a form in the center, or a page, is left with changes in it (ui 4.6). */
export function LeaveGuard() {
  const question = useStore(leaving)
  useBlocker({
    shouldBlockFn: async () => !(await mayLeave()),
    enableBeforeUnload: isAnythingUnsaved,
  })
  const request = question === null ? null : { ...QUESTION, message: question.lost ?? QUESTION.message }
  return <ConfirmDialog request={request} onAnswer={(leave) => question?.resolve(leave)} />
}
