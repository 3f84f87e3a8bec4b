/** A masked token of a shape: what a template shows as `<*>`. Lines hold no NUL here: the scanner takes it for space. */
export const VALUE = '\0*';
/** Nothing where a value could stand: between brackets, behind an equals sign. */
export const EMPTY = '\0';
