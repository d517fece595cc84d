import { ConfirmDialog } from '@imperal/ui-kit'
import { useBlocker } from '@tanstack/react-router'
import { useStore } from '../../data/store.ts'
import { isCenterUnsaved, leaving, mayLeaveCenter } from '../../data/workspace/unsaved.ts'

const QUESTION = {
  title: 'Leave without saving?',
  message: 'The form in the middle holds changes that have not been sent.',
  confirmLabel: 'Leave',
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
