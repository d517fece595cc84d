const OVERLAY = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'
let last: HTMLElement | null = null

if (typeof document !== 'undefined') {
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.closest(OVERLAY) === null) last = target
  })
}

/**
 * For `onCloseAutoFocus` of anything that lies over the page. What opened it may be gone, such as the entry of a menu;
 * then the focus goes back to where it was before the first of them opened.
 */
export function returnFocus(): void {
  setTimeout(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (isLost && last?.isConnected) last.focus()
  })
}
