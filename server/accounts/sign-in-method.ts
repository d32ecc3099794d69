/** How somebody signed in: by a link, by password, or by an OpenID provider. */
export type SignInMethod = "link" | "password" | "oidc";
