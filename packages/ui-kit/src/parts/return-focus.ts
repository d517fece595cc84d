const OVERLAY = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'
let last: HTMLElement | null = null

if (typeof document !== 'undefined') {
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.closest(OVERLAY) === null) last = target
  })
}

/**
 * For the end of anything that lies over the page, such as `onCloseAutoFocus`: when nothing else has the focus
 * afterwards, it goes back to where it was before the first of them opened.
 */
export function returnFocus(): void {
  setTimeout(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (isLost && last?.isConnected) last.focus()
  })
}
