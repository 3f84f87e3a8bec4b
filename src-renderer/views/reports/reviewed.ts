/** Kept by the window, not in the settings: it is about this person at this screen. */
const KEY = 'yagura.reports.reviewed';
let reviewedNow = false;

/** Whether somebody has looked at what is replaced before a report left the machine. */
export function wasReviewed(): boolean {
  try {
    return reviewedNow || localStorage.getItem(KEY) === 'yes';
  } catch {
    return reviewedNow;
  }
}

export function rememberReview(): void {
  reviewedNow = true;
  try {
    localStorage.setItem(KEY, 'yes');
  } catch {
    // Without storage it is asked again next time.
  }
}
