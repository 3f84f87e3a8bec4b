/** Stands in for the desktop's own acts. */
export const desktop = {
  diagnostics: (): Promise<string> => Promise.resolve('engine: exit 137'),
  restartEngine: (): void => undefined,
  pickLog: (): Promise<string | undefined> => Promise.resolve('/srv/app/orders.log'),
  electronVersion: '33.2.1',
  chromiumVersion: '130.0.6723.137',
};
