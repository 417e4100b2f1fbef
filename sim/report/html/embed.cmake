# cmake -DNAME=kPageStyle -DINPUT=page.css -DOUTPUT=page_style.cpp -P embed.cmake: a file as a constant of assets.h; INPUT may be empty
set(text "")
if(INPUT)
  file(READ "${INPUT}" text)
endif()
file(WRITE "${OUTPUT}" "#include \"report/html/assets.h\"

namespace headway {

const std::string_view ${NAME} = R\"headway(${text})headway\";

}  // namespace headway
")
