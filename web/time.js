/** after resolves in so many ms. */
export const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
