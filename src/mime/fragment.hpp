#pragma once
// HTML of one author put into a document of another. A fragment is balanced: nothing in it closes or swallows what
// stands around it, so that what the original says cannot look like what the reply says, nor hide it. It holds no
// script, no form, no frame; its style sheets reach no further than the fragment. One pass, no tree, no recursion.
#include <string>
#include <string_view>

namespace godwit::mime {

/// What is inside the <body> of a clean UTF-8 document. `scope` is the class of the element that it will be put into.
std::string html_fragment(std::string_view html, std::string_view scope);

/// A style sheet whose rules hold inside elements of this class only. At-rules that name other files or fonts go.
std::string scoped_style(std::string_view css, std::string_view scope);

/// Where a fragment goes that follows everything in the document: before its last </body>, else </html>, else its end.
std::size_t end_of_body(std::string_view html);

} // namespace godwit::mime
